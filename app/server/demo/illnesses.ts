import type { MedicineKey } from './medicine-list.ts';

/** One reason to come: what is said, seen, found and given. Codes are ICD-10. */
export interface Illness {
  readonly complaint: { readonly en: string; readonly ar: string };
  /** Codes of the general consultation, and of the child visit. */
  readonly symptoms: readonly string[];
  readonly signs: readonly string[];
  readonly fever: boolean;
  /** Short of breath: faster breathing, less oxygen. */
  readonly short?: boolean;
  /** Not ill today: comes because it is time to. */
  readonly planned?: boolean;
  readonly diagnosis: { readonly code: string; readonly text: string };
  readonly medicines: readonly MedicineKey[];
  /** Completed years at which it is likely here. */
  readonly ages: readonly [from: number, to: number];
  readonly plan: string;
}

const none = ['none'];

export const ILLNESSES = {
  cold: {
    complaint: { en: 'Cough and runny nose', ar: 'سعال ورشح' },
    ...{ symptoms: ['cough'], signs: ['cough'], fever: false },
    diagnosis: { code: 'J06.9', text: 'Acute upper respiratory infection' },
    ...{ medicines: ['paracetamol'], ages: [0, 90], plan: 'Fluids and rest. Come back if breathing gets difficult.' },
  },
  pneumonia: {
    complaint: { en: 'Cough, fever, hard to breathe', ar: 'سعال وحمى وصعوبة في التنفس' },
    ...{ symptoms: ['cough', 'difficult-breathing'], signs: ['cough', 'fast-breathing'], fever: true, short: true },
    diagnosis: { code: 'J18.9', text: 'Pneumonia' },
    ...{ medicines: ['amoxicillin', 'paracetamol'], ages: [0, 90], plan: 'Seen again in two days.' },
  },
  diarrhoea: {
    complaint: { en: 'Loose stools since yesterday', ar: 'إسهال منذ الأمس' },
    ...{ symptoms: ['diarrhoea', 'abdominal-pain'], signs: ['diarrhoea'], fever: false },
    diagnosis: { code: 'A09', text: 'Infectious gastroenteritis' },
    ...{ medicines: ['ors', 'zinc'], ages: [0, 60], plan: 'Oral rehydration shown to the family.' },
  },
  malaria: {
    complaint: { en: 'Fever and shivering', ar: 'حمى ورعشة' },
    ...{ symptoms: ['headache'], signs: ['fever'], fever: true },
    diagnosis: { code: 'B54', text: 'Malaria' },
    ...{ medicines: ['artemether', 'paracetamol'], ages: [1, 70], plan: 'First dose taken here. Bed net given.' },
  },
  ear: {
    complaint: { en: 'Ear hurts', ar: 'ألم في الأذن' },
    ...{ symptoms: none, signs: ['ear'], fever: true },
    diagnosis: { code: 'H66.9', text: 'Otitis media' },
    ...{ medicines: ['amoxicillin', 'paracetamol'], ages: [0, 12], plan: 'Keep the ear dry.' },
  },
  skin: {
    complaint: { en: 'Itching, worse at night', ar: 'حكة تزداد ليلًا' },
    ...{ symptoms: ['rash'], signs: none, fever: false },
    diagnosis: { code: 'B86', text: 'Scabies' },
    ...{ medicines: ['permethrin'], ages: [0, 70], plan: 'The whole family is treated. Clothes washed hot.' },
  },
  wellChild: {
    complaint: { en: 'Weighing and vaccines', ar: 'قياس الوزن والتطعيم' },
    ...{ symptoms: none, signs: none, fever: false, planned: true },
    diagnosis: { code: 'Z00.1', text: 'Routine child health examination' },
    ...{ medicines: [], ages: [0, 4], plan: 'Growth explained to the family.' },
  },
  hypertension: {
    complaint: { en: 'Comes for blood pressure medicine', ar: 'مراجعة لدواء ضغط الدم' },
    ...{ symptoms: none, signs: none, fever: false, planned: true },
    diagnosis: { code: 'I10', text: 'Essential hypertension' },
    ...{ medicines: ['amlodipine'], ages: [40, 90], plan: 'Less salt. Tablets for a month.' },
  },
  diabetes: {
    complaint: { en: 'Thirst, comes for sugar medicine', ar: 'عطش، مراجعة لدواء السكري' },
    ...{ symptoms: none, signs: none, fever: false, planned: true },
    diagnosis: { code: 'E11.9', text: 'Type 2 diabetes' },
    ...{ medicines: ['metformin'], ages: [40, 90], plan: 'Feet looked at. Tablets for a month.' },
  },
  stomach: {
    complaint: { en: 'Burning in the stomach after meals', ar: 'حرقة في المعدة بعد الأكل' },
    ...{ symptoms: ['abdominal-pain'], signs: none, fever: false },
    diagnosis: { code: 'K29.7', text: 'Gastritis' },
    ...{ medicines: ['omeprazole'], ages: [16, 80], plan: 'Smaller meals.' },
  },
  back: {
    complaint: { en: 'Low back pain from carrying water', ar: 'ألم أسفل الظهر من حمل الماء' },
    ...{ symptoms: none, signs: none, fever: false },
    diagnosis: { code: 'M54.5', text: 'Low back pain' },
    ...{ medicines: ['ibuprofen'], ages: [18, 85], plan: 'Keep moving. Exercises shown.' },
  },
  headache: {
    complaint: { en: 'Headache for some days', ar: 'صداع منذ أيام' },
    ...{ symptoms: ['headache'], signs: none, fever: false },
    diagnosis: { code: 'R51', text: 'Headache' },
    ...{ medicines: ['paracetamol'], ages: [7, 80], plan: 'Drink more. Come back if sight changes.' },
  },
  worms: {
    complaint: { en: 'Belly ache, worms seen', ar: 'ألم في البطن وديدان' },
    ...{ symptoms: ['abdominal-pain'], signs: none, fever: false },
    diagnosis: { code: 'B82.0', text: 'Intestinal worms' },
    ...{ medicines: ['albendazole'], ages: [2, 40], plan: 'Hands before meals.' },
  },
  wound: {
    complaint: { en: 'Cut on the leg', ar: 'جرح في الساق' },
    ...{ symptoms: none, signs: none, fever: false },
    diagnosis: { code: 'T14.1', text: 'Open wound' },
    ...{
      medicines: ['chlorhexidine', 'ibuprofen'],
      ages: [6, 70],
      plan: 'Cleaned and dressed. Dressing changed in two days.',
    },
  },
  pregnancy: {
    complaint: { en: 'Antenatal visit, tired', ar: 'زيارة حمل، تعب' },
    ...{ symptoms: none, signs: none, fever: false, planned: true },
    diagnosis: { code: 'Z34.9', text: 'Supervision of normal pregnancy' },
    ...{ medicines: ['ironFolate'], ages: [15, 49], plan: 'Iron and folic acid every day.' },
  },
} as const satisfies Record<string, Illness>;
export type IllnessKey = keyof typeof ILLNESSES;

/** What brings somebody of this age for a first look. */
export function illnessesAt(years: number): IllnessKey[] {
  const chronic: readonly IllnessKey[] = ['hypertension', 'diabetes', 'pregnancy', 'wellChild'];
  return (Object.keys(ILLNESSES) as IllnessKey[]).filter((key) => {
    const [from, to] = ILLNESSES[key].ages;
    return years >= from && years <= to && !chronic.includes(key);
  });
}

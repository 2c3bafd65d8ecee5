import type { FormPage } from '../../../lib/form/definition.ts';

/** What the camp asks at registration beyond the built-in form. */
export const householdPage: FormPage = {
  id: 'household',
  title: { en: 'Household', ar: 'الأسرة', es: 'Hogar', fr: 'Foyer' },
  fields: [
    {
      id: 'otherNames',
      type: 'text',
      base: 'otherNames',
      label: {
        en: 'Father’s name or other names',
        ar: 'اسم الأب أو أسماء أخرى',
        es: 'Nombre del padre u otros nombres',
        fr: 'Nom du père ou autres noms',
      },
      search: true,
    },
    {
      id: 'shelter',
      type: 'text',
      label: { en: 'Shelter', ar: 'المأوى', es: 'Refugio', fr: 'Abri' },
      hint: { en: 'Block and number', ar: 'المربع والرقم', es: 'Bloque y número', fr: 'Bloc et numéro' },
      maxLength: 20,
      search: true,
      summary: true,
    },
    {
      id: 'householdSize',
      type: 'number',
      label: {
        en: 'People in the household',
        ar: 'عدد أفراد الأسرة',
        es: 'Personas en el hogar',
        fr: 'Personnes dans le foyer',
      },
      min: 1,
      max: 40,
      softMax: 20,
      decimals: 0,
    },
    {
      id: 'arrivedOn',
      type: 'date',
      label: { en: 'Arrived here', ar: 'تاريخ الوصول', es: 'Llegada', fr: 'Arrivée' },
      precision: 'month',
      max: ['today'],
      allowMissing: ['unknown'],
    },
    {
      id: 'occupation',
      type: 'choice',
      label: { en: 'Occupation', ar: 'المهنة', es: 'Ocupación', fr: 'Profession' },
      look: 'dropdown',
      other: true,
      options: [
        { code: 'none', label: { en: 'None', ar: 'لا يعمل', es: 'Ninguna', fr: 'Aucune' } },
        { code: 'farmer', label: { en: 'Farmer', ar: 'مزارع', es: 'Agricultor', fr: 'Agriculteur' } },
        { code: 'student', label: { en: 'Student', ar: 'طالب', es: 'Estudiante', fr: 'Élève' } },
        { code: 'teacher', label: { en: 'Teacher', ar: 'معلم', es: 'Docente', fr: 'Enseignant' } },
        { code: 'trader', label: { en: 'Trader', ar: 'تاجر', es: 'Comerciante', fr: 'Commerçant' } },
      ],
    },
    {
      id: 'needsHelpWalking',
      type: 'yes-no',
      label: {
        en: 'Needs help to walk',
        ar: 'يحتاج إلى مساعدة في المشي',
        es: 'Necesita ayuda para caminar',
        fr: 'A besoin d’aide pour marcher',
      },
    },
  ],
};

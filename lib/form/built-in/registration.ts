import type { FormDefinition } from '../definition.ts';

/** The registration form of a clinic that has none of its own (data.md §5.4). */
export const registrationForm: FormDefinition = {
  format: 1,
  languages: ['en', 'ar', 'es', 'fr'],
  title: { en: 'Registration', ar: 'التسجيل', es: 'Registro', fr: 'Enregistrement' },
  pages: [
    {
      id: 'person',
      title: { en: 'Person', ar: 'الشخص', es: 'Persona', fr: 'Personne' },
      fields: [
        {
          id: 'givenName',
          type: 'text',
          base: 'givenName',
          label: { en: 'Given name', ar: 'الاسم الأول', es: 'Nombre', fr: 'Prénom' },
          required: true,
          summary: true,
          search: true,
        },
        {
          id: 'familyName',
          type: 'text',
          base: 'familyName',
          label: { en: 'Family name', ar: 'اسم العائلة', es: 'Apellido', fr: 'Nom de famille' },
          summary: true,
          search: true,
        },
        {
          id: 'birthDate',
          type: 'date',
          base: 'birthDate',
          label: {
            en: 'Date of birth or age',
            ar: 'تاريخ الميلاد أو العمر',
            es: 'Fecha de nacimiento o edad',
            fr: 'Date de naissance ou âge',
          },
          precision: 'year',
          max: ['today'],
          summary: true,
        },
        {
          id: 'sex',
          type: 'choice',
          base: 'sex',
          label: { en: 'Sex', ar: 'الجنس', es: 'Sexo', fr: 'Sexe' },
          look: 'buttons',
          required: true,
          summary: true,
          options: [
            { code: 'female', label: { en: 'Female', ar: 'أنثى', es: 'Mujer', fr: 'Femme' } },
            { code: 'male', label: { en: 'Male', ar: 'ذكر', es: 'Hombre', fr: 'Homme' } },
            { code: 'other', label: { en: 'Other', ar: 'آخر', es: 'Otro', fr: 'Autre' } },
            { code: 'unknown', label: { en: 'Unknown', ar: 'غير معروف', es: 'Desconocido', fr: 'Inconnu' } },
          ],
        },
        {
          id: 'photo',
          type: 'photo',
          base: 'photo',
          label: { en: 'Photo', ar: 'صورة', es: 'Foto', fr: 'Photo' },
          maxCount: 1,
        },
      ],
    },
    {
      id: 'contact',
      title: { en: 'Contact', ar: 'التواصل', es: 'Contacto', fr: 'Contact' },
      fields: [
        {
          id: 'phone',
          type: 'text',
          base: 'phone',
          label: { en: 'Phone', ar: 'الهاتف', es: 'Teléfono', fr: 'Téléphone' },
          inputMode: 'tel',
          search: true,
        },
        {
          id: 'village',
          type: 'text',
          base: 'village',
          label: { en: 'Village or home town', ar: 'القرية أو البلدة', es: 'Pueblo', fr: 'Village ou ville d’origine' },
          summary: true,
          search: true,
        },
        {
          id: 'camp',
          type: 'text',
          base: 'camp',
          label: { en: 'Camp or settlement', ar: 'المخيم', es: 'Campamento', fr: 'Camp' },
          summary: true,
          search: true,
        },
        {
          id: 'guardianName',
          type: 'text',
          base: 'guardianName',
          label: {
            en: 'Name of parent or guardian',
            ar: 'اسم الوالد أو الوصي',
            es: 'Nombre del padre, madre o tutor',
            fr: 'Nom du parent ou tuteur',
          },
          search: true,
        },
      ],
    },
    {
      id: 'papers',
      title: { en: 'Papers', ar: 'الوثائق', es: 'Documentos', fr: 'Papiers' },
      fields: [
        {
          id: 'citizenship',
          type: 'text',
          base: 'citizenship',
          label: { en: 'Citizenship', ar: 'الجنسية', es: 'Nacionalidad', fr: 'Nationalité' },
        },
        {
          id: 'governmentId',
          type: 'text',
          base: 'governmentId',
          label: {
            en: 'Government id number',
            ar: 'رقم الهوية الحكومية',
            es: 'Documento de identidad',
            fr: 'Numéro d’identité',
          },
          search: true,
        },
        {
          id: 'externalId',
          type: 'text',
          base: 'externalId',
          label: {
            en: 'Number in another system',
            ar: 'رقم في نظام آخر',
            es: 'Número en otro sistema',
            fr: 'Numéro dans un autre système',
          },
          search: true,
        },
      ],
    },
  ],
};

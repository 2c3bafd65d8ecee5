// Common names of the regions the demo clinic serves; no list of real people was used. Each pair is the Latin spelling
// and the Arabic one; further Latin spellings of the same name follow after a slash.

export type NameEntry = {
  readonly latin: string;
  readonly arabic: string | null;
  /** Other Latin spellings people use for the same name. */
  readonly spellings: readonly string[];
  readonly sex: 'female' | 'male' | null;
};

const read = (text: string, sex: NameEntry['sex']): readonly NameEntry[] =>
  text
    .trim()
    .split('\n')
    .map((line) => {
      const [spelled = '', arabic = ''] = line.split('=').map((part) => part.trim());
      const [latin = '', ...spellings] = spelled.split('/').map((part) => part.trim());
      return { latin, arabic: arabic === '' ? null : arabic, spellings, sex };
    });

const MEN = `
Mohammed/Muhammad/Mohamed/Mohammad = محمد
Ahmed/Ahmad = أحمد
Mahmoud/Mahmud = محمود
Ali/Aly = علي
Hassan/Hasan = حسن
Hussein/Hussain/Houssein/Hossein = حسين
Ibrahim/Ebrahim/Brahim = إبراهيم
Omar/Umar/Oumar = عمر
Osman/Othman/Ousmane = عثمان
Yusuf/Youssef/Yousef/Yousif = يوسف
Khaled/Khalid = خالد
Walid/Waleed/Oualid = وليد
Mustafa/Mostafa/Moustapha = مصطفى
Abdullah/Abdallah/Abdoullah = عبد الله
Abdulrahman/Abdel Rahman/Abderrahmane = عبد الرحمن
Abdulaziz/Abdelaziz = عبد العزيز
Abdelkader/Abdulqadir = عبد القادر
Samir/Sameer = سمير
Karim/Kareem = كريم
Tariq/Tarek/Tarik = طارق
Bilal/Belal = بلال
Anas = أنس
Hamza/Hamzah = حمزة
Ismail/Ismael/Esmail = إسماعيل
Jamal/Gamal/Djamal = جمال
Kamal/Kamel = كمال
Nasser/Naser = ناصر
Qasim/Kassem/Gasim = قاسم
Ramadan/Ramadhan = رمضان
Saleh/Salih = صالح
Salim/Saleem = سليم
Suleiman/Sulaiman/Soliman = سليمان
Yahya/Yehia = يحيى
Zakaria/Zakariya = زكريا
Idris/Idriss/Edris = إدريس
Adam/Adem = آدم
Musa/Moussa/Mousa = موسى
Issa/Isa/Eissa = عيسى
Haitham/Haytham = هيثم
Fadi/Fady = فادي
Ghassan/Gassan = غسان
Fathi/Fethi = فتحي
Sharif/Cherif/Shareef = شريف
Bashir/Bachir/Basheer = بشير
Munir/Mounir/Muneer = منير
Nabil/Nabeel = نبيل
Rami/Ramy = رامي
Majid/Majed = ماجد
Hisham/Hicham = هشام
Marwan/Marouane = مروان
Luis
José
Carlos
Juan
Miguel
Pedro
Francisco
Diego
Santiago
Andrés
Fernando
Rafael
Jean-Pierre
Emmanuel
Kouassi
Moïse
Patrice
Serge
Koffi
Thierry
`;

const WOMEN = `
Fatima/Fatma/Fatimah = فاطمة
Khadija/Khadijah/Khadidja = خديجة
Aisha/Aicha/Ayesha = عائشة
Maryam/Mariam/Meriem = مريم
Zainab/Zeinab/Zaynab = زينب
Amina/Aminah = أمينة
Layla/Leila/Laila = ليلى
Huda/Houda/Hoda = هدى
Salma = سلمى
Noor/Nour/Nur = نور
Rania/Raniya = رانيا
Hanan/Hanane = حنان
Samira/Sameera = سميرة
Nadia/Nadya = نادية
Sara/Sarah = سارة
Hala/Halah = هالة
Rasha/Racha = رشا
Dalia/Dalya = داليا
Yasmin/Yasmine = ياسمين
Iman/Eman/Imane = إيمان
Asma/Asmaa = أسماء
Shaima/Chaima/Shaimaa = شيماء
Hawa/Hawwa = حواء
Halima/Haleema = حليمة
Safia/Safiya/Safiyya = صفية
Sumaya/Soumaya/Sumaia = سمية
Rahma/Rahmah = رحمة
Zahra/Zahraa = زهراء
Karima/Kareema = كريمة
Latifa/Lateefa = لطيفة
Manal = منال
Mona/Muna/Mouna = منى
Najwa/Nagwa = نجوى
Rim/Reem = ريم
Ruqayya/Rokaya/Roqaya = رقية
Sabah = صباح
Sawsan/Sausan = سوسن
Suad/Souad = سعاد
Warda/Ouarda = وردة
Widad/Wedad = وداد
Zubaida/Zoubida = زبيدة
Ikram/Ikrame = إكرام
Intisar/Entisar = انتصار
Hiba/Heba = هبة
Ghada = غادة
Basma/Besma = بسمة
Buthaina/Bouthaina = بثينة
Jamila/Gamila/Djamila = جميلة
Malak/Malek = ملاك
Nawal/Naoual = نوال
María
Guadalupe
Ana Lucía
Rosa
Carmen
Juana
Sofía
Valentina
Gabriela
Esperanza
Marie-Claire
Aya
Akissi
Fatoumata
Bintou
Clémentine
Solange
Rokia
Adjoua
Chantal
`;

const FAMILIES = `
Haddad/Hadad = حداد
Khalil/Khaleel = خليل
Mansour/Mansur = منصور
Najjar/Najar/Naggar = نجار
Al-Hassan/Elhassan = الحسن
Al-Ahmad/Alahmad = الأحمد
Al-Khatib/Elkhatib = الخطيب
Darwish/Darwich = درويش
Shahin/Chahine/Shaheen = شاهين
Saleh/Salih = صالح
Qasem/Kassem = قاسم
Hamdan/Hamdane = حمدان
Zaydan/Zeidan = زيدان
Barakat/Barakate = بركات
Khoury/Khouri/Kouri = خوري
Nasrallah = نصر الله
Sabbagh/Sabagh = صباغ
Shami/Chami = شامي
Halabi/Halaby = حلبي
Masri/Masry = مصري
Ayoub/Ayyub = أيوب
Daoud/Dawood/Daud = داود
Ghanem/Ghanim = غانم
Jaber/Jabir/Gaber = جابر
Kanaan/Canaan = كنعان
Mousa/Musa/Moussa = موسى
Othman/Osman = عثمان
Qabbani/Kabbani = قباني
Rahal/Rahhal = رحال
Suleiman/Sulaiman = سليمان
Tahhan/Tahan = طحان
Yassin/Yaseen/Yasin = ياسين
Zein/Zain = زين
Abdelrahim/Abdulrahim = عبد الرحيم
Elamin/Al-Amin = الأمين
Bakri/Bakry = بكري
Elbashir/Al-Bashir = البشير
Eltayeb/Al-Tayeb = الطيب
Hamid/Hameed = حميد
Khidir/Khedir = خضر
Mahjoub/Mahgoub = محجوب
Mirghani/Mirgani = ميرغني
Nimeiri/Numeiri = نميري
Abakar/Abkar = أبكر
Adam/Adem = آدم
Ishaq/Ishag = إسحاق
Haroun/Harun = هارون
Tijani/Tigani = تجاني
Fadl/Fadul = فضل
Hashim/Hachem/Hashem = هاشم
Jibril/Gibril/Djibril = جبريل
Yagoub/Yaqub/Yacoub = يعقوب
Zakaria/Zakariya = زكريا
Bushra/Bouchra = بشرى
Shukri/Choukri = شكري
Nasr = نصر
Azzam/Azam = عزام
Bitar/Baytar = بيطار
Hijazi/Hegazi = حجازي
Kurdi/Kordi = كردي
Lahham/Laham = لحام
Maalouf/Malouf = معلوف
Obeid/Ubaid = عبيد
Rifai/Refai = رفاعي
Sayegh/Sayigh = صايغ
Turk/Tourk = ترك
Wehbe/Wahba = وهبة
Younes/Yunus/Younis = يونس
Zoubi/Zubi = زعبي
Bazzi/Bazi = بزي
García
Martínez
Rodríguez
López
Hernández
González
Pérez
Sánchez
Ramírez
Flores
Rivera
Gómez
Díaz
Morales
Ortiz
Castillo
Reyes
Vásquez
Mendoza
Ajanel
Choc
Tzoc
Xicay
Quispe
Mamani
Condori
Cruz
Aguilar
Velásquez
Méndez
Diallo
Traoré
Coulibaly
Ouédraogo
Koné
Touré
Konaté
Diarra
Sawadogo
Kaboré
N'Diaye
Ndiaye
Sow
Bâ
Camara
Keïta
Sissoko
Kouassi
Yao
Kouamé
N'Guessan
Mbaye
Fofana
Bamba
Zongo
Mukendi
Kabongo
Ilunga
Tshibangu
Mwamba
`;

export const GIVEN_NAMES: readonly NameEntry[] = [...read(MEN, 'male'), ...read(WOMEN, 'female')];
export const FAMILY_NAMES: readonly NameEntry[] = read(FAMILIES, null);

export const PLACES: readonly string[] = [
  'Camp North, Block 12',
  'Camp North, Block 3',
  'Camp South',
  'Zaatari',
  'Azraq',
  'Bekaa',
  'Kassala',
  'Gedaref',
  'Wad Sharifa',
  'Adré',
  'Farchana',
  'Nebaj',
  'Chajul',
  'San Juan Cotzal',
  'Todos Santos',
  'Bouaké',
  'Korhogo',
  'Djibo',
  'Kaya',
  'Goma',
  'المفرق',
  'الرمثا',
  'طرابلس',
  'بعلبك',
  'كسلا',
  'الفاشر',
];

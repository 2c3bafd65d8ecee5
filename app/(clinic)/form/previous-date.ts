import { createContext } from 'react';

/** The day of the patient's last answers to the same form, or null. */
export const PreviousDateContext = createContext<string | null>(null);

import { createContext } from 'react';
import type { Option } from '../../ui/select.tsx';

/** The clinics that a question may offer: a phone's own on a phone, the server's in the portal. */
export const ClinicChoicesContext = createContext<readonly Option[]>([]);

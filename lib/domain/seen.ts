import { z } from 'zod';
import { isStamp, type Stamp } from '../replication/stamp.ts';

/** The stamps of each key when the form opened: what an edit replaces. Without it, what is held at saving. */
export const seenSchema = z.record(z.string().max(250), z.array(z.custom<Stamp>(isStamp)).max(50)).optional();

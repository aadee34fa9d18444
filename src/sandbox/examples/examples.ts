/** All examples, in the order of a user's work. */
import { casework } from './casework.js';
import { directory } from './directory.js';
import { meetings } from './meetings.js';
import { referring } from './referring.js';
import type { Step } from './step.js';

export const EXAMPLES: Step[] = [...directory, ...referring, ...casework, ...meetings];

/** Fails the test whose exchanges contradict the OpenAPI document. */
import { afterAll, afterEach } from '@jest/globals';
import { failIfContradicted } from './traffic.ts';

afterEach(failIfContradicted);
afterAll(failIfContradicted);

import { IsOptional, Matches } from 'class-validator';
import { PageQuery } from '../records/page-query.requests.js';

export class InstrumentQuery extends PageQuery {
  /** Only editions of this instrument. */
  @IsOptional()
  @Matches(/^[A-Z0-9-]{2,40}$/)
  code?: string;
}

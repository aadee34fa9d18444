import { IsOptional, Matches } from 'class-validator';
import { PageQuery } from '../http/page-query.dto.js';

export class InstrumentQuery extends PageQuery {
  /** Only editions of this instrument. */
  @IsOptional()
  @Matches(/^[A-Z0-9-]{2,40}$/)
  code?: string;
}

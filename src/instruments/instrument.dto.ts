import { IsOptional, Matches } from 'class-validator';
import { PageQuery } from '../http/page-query.dto.js';

export class InstrumentQuery extends PageQuery {
  /** Returns only editions of the instrument with this code. */
  @IsOptional()
  @Matches(/^[A-Z0-9-]{2,40}$/)
  code?: string;
}

import { IsIn, IsOptional } from 'class-validator';
import { Uuid } from '../http/uuid.js';

export const DOCUMENT_FORMATS = ['json', 'pdf', 'docx'] as const;
export type DocumentFormat = (typeof DOCUMENT_FORMATS)[number];

export class DocumentQuery {
  /** The form: `json` unless said otherwise. */
  @IsOptional()
  @IsIn(DOCUMENT_FORMATS)
  format?: DocumentFormat;

  /** One item of the meeting: the document holds this item alone. All items that you may see, unless said otherwise. */
  @IsOptional()
  @Uuid()
  listingId?: string;
}

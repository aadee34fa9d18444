import { IsIn, IsOptional } from 'class-validator';
import { Uuid } from '../http/uuid.js';

export const DOCUMENT_FORMATS = ['json', 'pdf', 'docx'] as const;
export type DocumentFormat = (typeof DOCUMENT_FORMATS)[number];

export class DocumentQuery {
  /** Format of the document. Default: `json`. */
  @IsOptional()
  @IsIn(DOCUMENT_FORMATS)
  format?: DocumentFormat;

  /** Item to which the document is limited. Default: all items that you may see. */
  @IsOptional()
  @Uuid()
  listingId?: string;
}

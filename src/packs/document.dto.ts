import { IsIn, IsOptional, IsUUID } from 'class-validator';

export const DOCUMENT_FORMATS = ['json', 'pdf', 'docx'] as const;
export type DocumentFormat = (typeof DOCUMENT_FORMATS)[number];

export class DocumentQuery {
  /** Format of the document. Default: `json`. */
  @IsOptional()
  @IsIn(DOCUMENT_FORMATS)
  format?: DocumentFormat;

  /** Item to which the document is limited. Default: all items that you may see. */
  @IsOptional()
  @IsUUID()
  listingId?: string;
}

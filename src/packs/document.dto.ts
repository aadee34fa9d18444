import { IsIn, IsOptional, IsUUID } from 'class-validator';

export const DOCUMENT_FORMATS = ['json', 'pdf', 'docx'] as const;
export type DocumentFormat = (typeof DOCUMENT_FORMATS)[number];

export class DocumentQuery {
  /** The form: `json` unless said otherwise. */
  @IsOptional()
  @IsIn(DOCUMENT_FORMATS)
  format?: DocumentFormat;

  /** One item of the meeting: the document holds this item alone. All items that you may see, unless said otherwise. */
  @IsOptional()
  @IsUUID()
  listingId?: string;
}

import { IsIn, IsOptional } from 'class-validator';

export const DOCUMENT_FORMATS = ['json', 'pdf', 'docx'] as const;
export type DocumentFormat = (typeof DOCUMENT_FORMATS)[number];

export class DocumentQuery {
  /** The form: `json` unless said otherwise. */
  @IsOptional()
  @IsIn(DOCUMENT_FORMATS)
  format?: DocumentFormat;
}

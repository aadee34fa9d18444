/** Class of a record: an entity of TypeORM. */
export type RecordClass<T extends object = object> = abstract new () => T;

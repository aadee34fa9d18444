/** Class of a TypeORM entity; abstract classes are accepted. */
export type RecordClass<T extends object = object> = abstract new () => T;

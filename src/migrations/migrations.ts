/** The migrations in their order. A migration that was released is never edited; add another. */
export const migrations: (new () => { up: unknown; down: unknown })[] = [];

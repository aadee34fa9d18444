export async function sideBySide() {}

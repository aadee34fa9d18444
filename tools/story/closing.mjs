export async function closing() {}

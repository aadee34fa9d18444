export async function meetings() {}

/** Stops the server that start.mjs started; one that was given stays up. */
export default async function stop() {
	await globalThis.stopTestDatabase?.();
}

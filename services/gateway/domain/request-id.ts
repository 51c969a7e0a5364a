const SAFE = /^[A-Za-z0-9._-]{1,64}$/;

/** The client's own id when it is harmless in logs and headers, else a new one. */
export function requestIdOf(given: string | readonly string[] | undefined, newId: () => string): string {
	return typeof given === "string" && SAFE.test(given) ? given : newId();
}

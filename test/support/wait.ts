type Truthy<T> = Exclude<T, false | null | undefined | 0 | "">;

/** Waits until a condition holds, asking again every few milliseconds; fails loudly when it never does. */
export async function until<T>(
	question: () => T | Promise<T>,
	{ timeoutMs = 5_000, everyMs = 10, what = "the condition" } = {},
): Promise<Truthy<T>> {
	const endMs = Date.now() + timeoutMs;
	for (;;) {
		const answer = await question();
		if (answer) return answer as Truthy<T>;
		if (Date.now() > endMs) throw new Error(`Waited ${timeoutMs} ms for ${what} in vain.`);
		await new Promise((resolve) => setTimeout(resolve, everyMs));
	}
}

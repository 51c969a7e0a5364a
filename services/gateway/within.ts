import { ServiceUnavailable } from "../contracts/platform.ts";

/**
 * Waits for an answer for a bounded time. The broker's own timeout is a middleware that the laptop shape goes without.
 *
 * @throws ServiceUnavailable when the time is over; the question itself goes on unheard
 */
export async function within<T>(timeoutMs: number, answer: Promise<T>): Promise<T> {
	let timer: NodeJS.Timeout | undefined;
	const tooLate = new Promise<never>((_resolve, reject) => {
		timer = setTimeout(() => {
			reject(new ServiceUnavailable({ retryAfterSeconds: 1 }));
		}, timeoutMs);
	});
	try {
		return await Promise.race([answer, tooLate]);
	} finally {
		clearTimeout(timer);
	}
}

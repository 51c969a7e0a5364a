import type { DomainError } from "../contracts/errors.ts";
import { ServiceUnavailable } from "../contracts/platform.ts";

const unavailable = () => new ServiceUnavailable({ retryAfterSeconds: 1 });

/**
 * Waits for an answer for a bounded time. The broker's own timeout is a middleware that the laptop shape goes without.
 *
 * @param late what is thrown when the time is over; the question itself goes on unheard
 * @throws ServiceUnavailable unless `late` says something else
 */
export async function within<T>(timeoutMs: number, answer: Promise<T>, late: () => DomainError = unavailable) {
	let timer: NodeJS.Timeout | undefined;
	const tooLate = new Promise<never>((_resolve, reject) => {
		timer = setTimeout(() => {
			reject(late());
		}, timeoutMs);
	});
	try {
		return await Promise.race([answer, tooLate]);
	} finally {
		clearTimeout(timer);
	}
}

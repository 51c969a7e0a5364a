import type { RedisOptions } from "ioredis";
import { Cachers } from "moleculer";
import { NOW_OR_NEVER } from "./redis-options.ts";

/** A cache that is slower than this is no help. */
const ANSWER_WITHIN_MS = 250;

/** Moleculer's Redis cacher, except that a request does not fail because its cache is out of reach. */
export class RedisCacher extends Cachers.Redis {
	constructor(redis: RedisOptions) {
		super({ redis: { ...redis, ...NOW_OR_NEVER, commandTimeout: ANSWER_WITHIN_MS } });
	}

	override get(key: string) {
		return this.#orElse(super.get(key), null);
	}

	override set(key: string, data: unknown, ttl?: number) {
		return this.#orElse(super.set(key, data, ttl), undefined);
	}

	/** A value that could not be taken back lives until its time is over. */
	override del(key: string | string[]) {
		return this.#orElse(super.del(key), undefined);
	}

	override clean(match?: string | string[]) {
		return this.#orElse(super.clean(match), undefined);
	}

	override close() {
		this.client.disconnect();
		return Promise.resolve();
	}

	#orElse<T>(answer: Promise<T>, otherwise: T): Promise<T> {
		return answer.catch((error: unknown) => {
			this.logger.debug("The cache did not answer:", error);
			return otherwise;
		});
	}
}

import { OutboundFailed } from "../../../mixins/outbound/outbound-failed.ts";
import { postOutside } from "../../../mixins/outbound/post.ts";
import { WEBHOOK_HEADERS } from "../../contracts/webhooks.ts";
import { askedMs } from "../domain/schedule.ts";
import { judge } from "../domain/verdict.ts";
import type { Outcome } from "../domain/verdict.ts";
import { signatureOf } from "../signing/signature.ts";
import { settle } from "../storage/due.ts";
import type { Taken } from "../storage/due.ts";
import type { Webhooks } from "../webhooks.context.ts";

const EXCERPT_CHARACTERS = 1_000;
/** PostgreSQL keeps no NUL, and a log no control characters. */
const UNPRINTABLE = /[^\P{C}\n\t]/gu;

interface Tried {
	readonly outcome: Outcome;
	readonly excerpt: string | null;
}

/** Sends one delivery and records how that went. A process that dies in between sends it again a minute later. */
export async function attempt(service: Webhooks, taken: Taken): Promise<void> {
	const [at, startedMs] = [service.now(), performance.now()];
	const { outcome, excerpt } = await tried(service, taken, at);
	const durationMs = Math.round(performance.now() - startedMs);
	const { disableAfterMs } = service.config;
	const verdict = judge(outcome, taken, { now: service.now(), random: Math.random(), disableAfterMs });
	const error = outcome.statusCode === null ? outcome.error : null;
	const recorded = { at, durationMs, statusCode: outcome.statusCode, error, responseExcerpt: excerpt };
	if (await settle(service.db, taken, verdict, recorded))
		service.logger.warn(`Webhook endpoint ${taken.endpointId} was disabled: ${String(verdict.disables)}.`);
}

async function tried(service: Webhooks, taken: Taken, at: Date): Promise<Tried> {
	const { rules, timeoutMs } = service.config;
	const { url, payload: body } = taken;
	const headers = headersOf(taken, signatureOf(body, secretsOf(service, taken, at), at));
	try {
		const { status, headers: given, body: said } = await postOutside({ url, headers, body }, { rules, timeoutMs });
		const outcome = { statusCode: status, askedMs: askedMs(given["retry-after"], at) };
		return { outcome, excerpt: excerptOf(said) };
	} catch (error) {
		if (!(error instanceof OutboundFailed)) throw error;
		return { outcome: { statusCode: null, error: error.code }, excerpt: null };
	}
}

const headersOf = ({ id, eventId }: Taken, signature: string) => ({
	"content-type": "application/json; charset=utf-8",
	"user-agent": "Stoa-Webhooks/1",
	[WEBHOOK_HEADERS.signature]: signature,
	[WEBHOOK_HEADERS.eventId]: eventId,
	[WEBHOOK_HEADERS.deliveryId]: id,
});

function secretsOf({ secrets }: Webhooks, taken: Taken, at: Date): string[] {
	const { endpointId, secret, previousSecret, previousSecretUntil } = taken;
	const isReplaced = previousSecret !== null && previousSecretUntil !== null && at < previousSecretUntil;
	return [secret, ...(isReplaced ? [previousSecret] : [])].map((sealed) => secrets.open(sealed, endpointId));
}

const excerptOf = (body: Buffer): string =>
	body.toString("utf8").replaceAll(UNPRINTABLE, "\uFFFD").slice(0, EXCERPT_CHARACTERS).toWellFormed();

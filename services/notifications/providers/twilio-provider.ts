import type { Twilio } from "twilio";
import type { TwilioAccount } from "../config.ts";
import { isDeadNumber } from "../domain/sms-report.ts";
import { ProviderFault } from "./provider.ts";
import type { Provider } from "./provider.ts";

/** Longer ones are refused by Twilio (error 21617). */
const MAX_CHARACTERS = 1_600;
const TIMEOUT_MS = 15_000;
const TWILIO = "https://api.twilio.com";

/** Sends SMS through Twilio, whose library is loaded with the first of them. */
export function twilioProvider(account: TwilioAccount): Provider {
	let client: Promise<Twilio> | undefined;
	return {
		name: "twilio",
		async send(letter) {
			try {
				const { messages } = await (client ??= open(account));
				const body = letter.short.slice(0, MAX_CHARACTERS);
				const { from, statusCallbackUrl: statusCallback } = account;
				const { sid } = await messages.create({ from, to: letter.to, body, ...(statusCallback && { statusCallback }) });
				return sid;
			} catch (error) {
				throw twilioFault(error);
			}
		},
		close: () => undefined,
	};
}

/** `apiUrl` is where a stand-in for Twilio listens. */
async function open({ sid, token, apiUrl }: TwilioAccount): Promise<Twilio> {
	const { default: twilio } = await import("twilio");
	const httpClient = new twilio.RequestClient({ timeout: TIMEOUT_MS });
	httpClient.axios.interceptors.request.use((request) => {
		if (apiUrl !== undefined) request.url = request.url?.replace(TWILIO, apiUrl) ?? apiUrl;
		return request;
	});
	return new twilio.Twilio(sid, token, { httpClient });
}

const TOO_MANY_REQUESTS = 429;

/** What an error of Twilio's library means; without a status there was no answer. */
function twilioFault(error: unknown): ProviderFault {
	const { status, code, message } = error as Error & { readonly status?: number; readonly code?: number | string };
	const detail = `${code ?? status ?? "no answer"}: ${message}`.slice(0, 500);
	if (typeof code === "number" && isDeadNumber(code)) return new ProviderFault("bounced", `TWILIO_${code}`, detail);
	if (status === TOO_MANY_REQUESTS) return new ProviderFault("deferred", "TWILIO_429", detail);
	// A refused login is the shop's own mistake and no fault of the message.
	if (status === undefined || status >= 500 || status === 401) return new ProviderFault("down", "TWILIO_DOWN", detail);
	return new ProviderFault("refused", `TWILIO_${code ?? status}`, detail);
}

import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

/** What Twilio answers to `POST /2010-04-01/Accounts/{sid}/Messages.json`. */
export interface TwilioAnswer {
	readonly status: number;
	readonly body: object;
}

export interface TwilioServer {
	readonly url: string;
	/** Answers to a number, in order; then it is taken. */
	readonly answers: Map<string, TwilioAnswer[]>;
	readonly requests: { path: string; authorization: string; form: Record<string, string> }[];
	close(): Promise<void>;
}

/** An error as Twilio writes it (https://www.twilio.com/docs/usage/twilios-response#response-formats-exceptions). */
export const twilioError = (status: number, code: number, message: string): TwilioAnswer => ({
	status,
	body: { code, message, more_info: `https://www.twilio.com/docs/errors/${code}`, status },
});

/** A stand-in that keeps the wire format of Twilio's Messages resource. */
export async function openTwilioServer(): Promise<TwilioServer> {
	const answers: TwilioServer["answers"] = new Map();
	const requests: TwilioServer["requests"] = [];
	const server = createServer((request, response) => {
		const chunks: Buffer[] = [];
		request.on("data", (chunk: Buffer) => chunks.push(chunk));
		request.on("end", () => {
			const form = Object.fromEntries(new URLSearchParams(Buffer.concat(chunks).toString()));
			requests.push({ path: request.url ?? "", authorization: request.headers.authorization ?? "", form });
			const { status, body } = answers.get(form.To ?? "")?.shift() ?? {
				status: 201,
				body: message(form, requests.length),
			};
			response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
		});
	});
	await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
	return {
		url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
		answers,
		requests,
		close: () => new Promise((resolve) => server.close(() => resolve())),
	};
}

/** Each message has a name of its own, by which callbacks tell of it. */
export const sidOf = (number: number): string => `SM${number.toString(16).padStart(32, "0")}`;

const message = ({ To: to, From: from, Body: body }: Record<string, string>, number: number) => ({
	...{ sid: sidOf(number), status: "queued", to, from, body },
	...{ account_sid: `AC${"0".repeat(32)}`, api_version: "2010-04-01", direction: "outbound-api" },
	...{ error_code: null, error_message: null, num_segments: "1", num_media: "0", price: null, price_unit: "USD" },
	...{ date_created: "Thu, 24 Aug 2023 05:01:45 +0000", date_sent: null, date_updated: null },
});

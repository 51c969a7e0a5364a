import { createServer } from "node:http";
import type { IncomingMessage, ServerResponse } from "node:http";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { json } from "node:stream/consumers";
import { setTimeout as wait } from "node:timers/promises";
import { openJournal } from "../../services/payments/providers/journal.ts";
import type { Journal } from "../../services/payments/providers/journal.ts";
import type {
	AuthorizeRequest,
	CaptureRequest,
	RefundRequest,
	Step,
	VoidRequest,
} from "../../services/payments/providers/provider.ts";
import { LATE_MS, TestProvider } from "../../services/payments/providers/test-provider.ts";
import { chance } from "./chance.ts";

export interface ProviderOptions {
	/** The journal's file: what the provider did with money, and the oracle of every test. */
	readonly file: string;
	/** 0 takes any free port. */
	readonly port: number;
	/** The part of the requests that take effect and are answered late, 0 to 1. */
	readonly lateRatio?: number;
	readonly lateMs?: number;
	/** Decides together with its key whether a request is answered late. */
	readonly seed?: number;
}

export interface ProviderServer {
	readonly url: string;
	readonly stop: () => Promise<void>;
}

interface Desk extends Required<Pick<ProviderOptions, "lateRatio" | "lateMs" | "seed">> {
	readonly provider: TestProvider;
	readonly journal: Journal;
}

interface Reply {
	readonly status: number;
	readonly body: unknown;
}

const NOTHING: Reply = { status: 404, body: { error: "nothing is recorded under this key" } };

/** Serves the test provider over HTTP. What it answers is on disk: see `Journal.synced`. */
export async function startProvider(options: ProviderOptions): Promise<ProviderServer> {
	const { file, port, lateRatio = 0, lateMs = LATE_MS, seed = 1 } = options;
	const journal = openJournal(file);
	const rest = (delayMs: number) => wait(delayMs, undefined, { ref: false });
	const provider = new TestProvider({ journal, now: () => new Date(), wait: rest });
	const desk = { provider, journal, lateRatio, lateMs, seed };
	const server = createServer((request, response) => void serve(desk, request, response));
	server.listen(port);
	await once(server, "listening");
	const stop = async () => {
		server.close();
		server.closeAllConnections();
		await once(server, "close");
		journal.close();
	};
	return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, stop };
}

async function serve(desk: Desk, request: IncomingMessage, response: ServerResponse): Promise<void> {
	const reply = await replyTo(desk, request).catch((error: unknown) => ({
		status: 500,
		body: { error: String(error) },
	}));
	response.writeHead(reply.status, { "content-type": "application/json" }).end(JSON.stringify(reply.body));
}

async function replyTo(desk: Desk, request: IncomingMessage): Promise<Reply> {
	const { pathname, searchParams } = new URL(request.url ?? "/", "http://provider");
	const [step = "", name = ""] = pathname.split("/").slice(1).map(decodeURIComponent);
	if (step === "health") return { status: 200, body: { status: "healthy" } };
	if (step === "payments") return answerOf(desk, name === "" ? listOf(desk, searchParams) : desk.provider.look(name));
	if (!isStep(step)) return { status: 404, body: { error: `there is no step ${step}` } };

	const isRequest = request.method === "POST";
	return answerOf(
		desk,
		isRequest ? act(desk, step, (await json(request)) as never) : desk.provider.find(step, { key: name }),
	);
}

async function answerOf({ journal }: Desk, asked: Promise<unknown>): Promise<Reply> {
	const body = await asked;
	await journal.synced();
	return body === undefined ? NOTHING : { status: 200, body };
}

function listOf({ provider }: Desk, given: URLSearchParams) {
	const moment = (name: string) => new Date(given.get(name) ?? "");
	return provider.list({ from: moment("from"), to: moment("to") }, given.get("after"));
}

type AnyRequest = AuthorizeRequest & CaptureRequest & VoidRequest & RefundRequest;

/** The effect comes first, then the wait: the caller cannot know that his request arrived. */
async function act({ provider, lateRatio, lateMs, seed }: Desk, step: Step, request: AnyRequest): Promise<unknown> {
	const outcome = await provider[step](request);
	if (chance(seed, request.key) < lateRatio) await wait(lateMs, undefined, { ref: false });
	return outcome;
}

const STEPS: readonly Step[] = ["authorize", "capture", "void", "refund"];
const isStep = (name: string): name is Step => (STEPS as readonly string[]).includes(name);

import { randomUUID } from "node:crypto";
import { action } from "../../../mixins/define-service.ts";
import { ReadUpload } from "../../contracts/bodies.ts";
import { ExportProducts, GetImport, ImportProducts } from "../../contracts/imports.ts";
import type { Import } from "../../contracts/imports.ts";
import type { Meta, Principal } from "../../contracts/meta.ts";
import { until } from "../../../test/support/wait.ts";
import { ADMIN, startProducts } from "../products.fixture.ts";
import type { RunningProducts } from "../products.fixture.ts";

export interface Importing {
	readonly principal?: Principal;
	readonly dryRun?: boolean;
	readonly contentType?: string;
	/** An Idempotency-Key. */
	readonly key?: string;
	/** The client sends nothing before this moment, in milliseconds since the epoch; the request's deadline is one second before. */
	readonly silentUntilMs?: number;
	/** What the answer carries beside its body. */
	readonly meta?: Meta;
}

/** The running service beside a gateway that holds the files of clients. */
export interface RunningImports extends RunningProducts {
	/** Sends a file, and answers as POST /products/import does. */
	send(file: string | Buffer, options?: Importing): Promise<Import>;
	/** Sends a file, and waits for its report. */
	import(file: string | Buffer, options?: Importing): Promise<Import>;
	report(id: string, principal?: Principal): Promise<Import>;
	/** The whole export. */
	export(principal?: Principal): Promise<string>;
}

const CHUNK_BYTES = 65_536;

/** Plays the gateway, which hands out the files of clients chunk by chunk. */
const gatewayOf = (files: Map<string, Buffer>, silentUntilMs: Map<string, number>) => ({
	name: "gateway",
	actions: {
		readUpload: action(ReadUpload, {}, async ({ params: { id } }) => {
			await until(() => Date.now() >= (silentUntilMs.get(id) ?? 0));
			const file = files.get(id) ?? Buffer.alloc(0);
			files.set(id, file.subarray(CHUNK_BYTES));
			return { chunk: file.length === 0 ? null : file.subarray(0, CHUNK_BYTES).toString("base64") };
		}),
	},
});

export async function startImports(env: NodeJS.ProcessEnv = {}): Promise<RunningImports> {
	const products = await startProducts(env);
	const files = new Map<string, Buffer>();
	const silences = new Map<string, number>();
	products.broker.createService(gatewayOf(files, silences));
	await products.broker.waitForServices("gateway");

	const send: RunningImports["send"] = (file, options = {}) => {
		const { principal = ADMIN, dryRun, contentType, key, silentUntilMs = 0, meta = {} } = options;
		const id = randomUUID();
		files.set(id, Buffer.from(file));
		silences.set(id, silentUntilMs);
		const upload = { id, node: products.broker.nodeID, contentType: contentType ?? "text/csv" };
		const deadlineMs = silentUntilMs === 0 ? Date.now() + 10_000 : silentUntilMs - 1_000;
		const operation = { operation: { ...(key !== undefined && { key, fingerprint: id }), deadlineMs } };
		const params = { upload, ...(dryRun !== undefined && { dryRun: dryRun ? ("true" as const) : ("false" as const) }) };
		return products.ask(ImportProducts, params, Object.assign(meta, { principal, ...operation }));
	};
	const report: RunningImports["report"] = (id, principal = ADMIN) => products.ask(GetImport, { id }, { principal });
	return {
		...products,
		...{ send, report },
		import: async (file, options) => ended(report, (await send(file, options)).id),
		export: (principal = ADMIN) => wholeExport(products, principal),
	};
}

/** The report of an import, once it has one. */
export const ended = (report: RunningImports["report"], id: string): Promise<Import> =>
	until(
		async () => {
			const now = await report(id);
			return now.status !== "processing" && now;
		},
		{ timeoutMs: 60_000, everyMs: 50, what: "the import to end" },
	);

/** As the gateway does: a part, and then the one that it names. */
async function wholeExport(products: RunningProducts, principal: Principal, part?: string): Promise<string> {
	const asked = part === undefined ? {} : { part };
	const { chunk, next } = await products.ask(ExportProducts, asked, { principal });
	return next === null ? chunk : chunk + (await wholeExport(products, principal, next));
}

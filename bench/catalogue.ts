import { chmod, mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { Client } from "pg";
import { startEmbeddedPostgres } from "../bin/postgres/embedded-postgres.ts";
import { catalogueOf } from "./catalogue/build.ts";
import { broad, equalMatches, pages, sampled, typos } from "./catalogue/measure.ts";
import { broadVerdict, equalVerdict, pagesVerdict, typosVerdict, verdictLines } from "./catalogue/report.ts";
import type { Verdict } from "./catalogue/report.ts";
import { openShop } from "./catalogue/shop.ts";
import type { Shop } from "./catalogue/shop.ts";

const USAGE = `Usage: npm run bench:catalogue -- [options]

  --keep <folder>   keep the catalogues in this folder, and use those that are there
  --products <n>    how many the large catalogue has; 1,000,000 unless told
`;
const FEW = 10_000;
const MANY = 1_000_000;

/** What a machine with as little memory as a laptop gives its database. */
const SETTINGS = { shared_buffers: "256MB", max_wal_size: "4GB" };

/**
 * Measures lists and searches of a small and a large catalogue through the products service, as calls in this
 * process with nothing kept, and says which promises are met. Sets the exit code when one is not.
 */
export async function run(parameters: readonly string[]): Promise<void> {
	const options = { keep: { type: "string" }, products: { type: "string" }, help: { type: "boolean" } } as const;
	const { values } = parseArgs({ args: [...parameters], options });
	if (values.help === true) {
		console.log(USAGE);
		return;
	}
	const verdicts = await inFolder(values.keep, (home) => measured(home, Number(values.products ?? MANY)));
	console.log(`\nAsked of the products service in this process, with PRODUCT_CACHE_MS=0:\n\n${verdictLines(verdicts)}`);
	if (verdicts.some(({ isMet }) => !isMet)) process.exitCode = 1;
}

/** A folder of this run unless one is named. */
async function inFolder<T>(kept: string | undefined, work: (home: string) => Promise<T>): Promise<T> {
	if (kept !== undefined) {
		await mkdir(kept, { recursive: true });
		return work(resolve(kept));
	}
	const home = await mkdtemp(join(tmpdir(), "stoa-catalogue-"));
	// The user that root hands the server to has to pass.
	await chmod(home, 0o711);
	try {
		return await work(home);
	} finally {
		await rm(home, { recursive: true, force: true });
	}
}

async function measured(home: string, many: number): Promise<Verdict[]> {
	const postgres = await startEmbeddedPostgres({ home: join(home, "postgres"), settings: SETTINGS, log: console.log });
	try {
		const small = await catalogueOf(postgres.url, FEW, console.log);
		const large = await catalogueOf(postgres.url, many, console.log);
		const names = [await namesIn(small, FEW), await namesIn(large, many)] as const;
		return await withShops([small, large], (shops) =>
			verdictsOn(shops, names, [FEW.toLocaleString("en"), many.toLocaleString("en")]),
		);
	} finally {
		await postgres.stop();
	}
}

async function withShops<T>(
	[small, large]: readonly [string, string],
	work: (shops: readonly [Shop, Shop]) => Promise<T>,
): Promise<T> {
	const shops = [await openShop(small), await openShop(large)] as const;
	try {
		return await work(shops);
	} finally {
		for (const shop of shops) await shop.close();
	}
}

async function verdictsOn(
	shops: readonly [Shop, Shop],
	names: readonly [string[], string[]],
	counts: readonly [string, string],
): Promise<Verdict[]> {
	const [, large] = shops;
	console.log("Searching for equal matches …");
	const [few, many] = await equalMatches(shops, names);
	if (few === undefined || many === undefined) throw new Error("Two catalogues are measured.");
	console.log("Searching broadly …");
	const verdicts = [equalVerdict(few, many, counts), broadVerdict(await broad(large), counts[1])];
	for (const sort of ["newest", "price", "name"] as const) {
		console.log(`Walking the list by ${sort} to its page 10,000 …`);
		verdicts.push(pagesVerdict(sort, await pages(large, sort)));
	}
	console.log("Misspelling …");
	return [...verdicts, typosVerdict(await typos(large, names[1]))];
}

async function namesIn(url: string, count: number): Promise<string[]> {
	const client = new Client({ connectionString: url });
	await client.connect();
	try {
		return await sampled(count, async (number) => {
			const question = "select name from products where lower(sku) = $1";
			const { rows } = await client.query<{ name: string }>(question, [`sku-${number}`]);
			return rows[0]?.name ?? "";
		});
	} finally {
		await client.end();
	}
}

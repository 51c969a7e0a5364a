import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { randomUUID } from "node:crypto";
import { ListMovements } from "../../contracts/inventory.ts";
import { CreateCategory } from "../../contracts/categories.ts";
import { ListImports } from "../../contracts/imports.ts";
import type { Import } from "../../contracts/imports.ts";
import type { Meta, Principal } from "../../contracts/meta.ts";
import { DeleteProduct, GetProduct, UpdateProduct } from "../../contracts/products.ts";
import { ADMIN, newVendor } from "../products.fixture.ts";
import { importChores } from "./import-chores.ts";
import { startImports } from "./imports.fixture.ts";
import type { RunningImports } from "./imports.fixture.ts";

const refusal = (type: string) => expect.objectContaining({ type });

let shop: RunningImports;
beforeAll(async () => {
	shop = await startImports();
	await shop.ask(CreateCategory, { name: "Lamps" });
});
afterAll(async () => {
	expect(await shop.rows("select * from stock_discrepancies")).toEqual([]);
	expect(await shop.rows("select 1 from import_parts union all select 1 from import_skus")).toEqual([]);
	await shop.stop();
});

let files = 0;
/** A SKU that no other test has. */
const newSku = () => `I-${++files}`;
const HEADER = "name,sku,price,description,category,stockQuantity,lowStockThreshold,images,isActive";
const csv = (...rows: string[]) => [HEADER, ...rows].join("\n");
const tallyOf = ({ created, updated, unchanged, invalid }: Import) => [created, updated, unchanged, invalid];
const counted = async (sql: string) =>
	Number((await shop.rows<{ count: string }>(`select count(*) from ${sql}`))[0]?.count);

async function product(sku: string) {
	const [row] = await shop.rows<{ id: string }>("select id from products where lower(sku) = lower($1)", [sku]);
	return shop.ask(GetProduct, { id: row!.id });
}
const factsOf = async (sku: string) => (await shop.factsOf((await product(sku)).id)).map(({ name }) => name);

describe("an import", () => {
	it("puts products on sale, with their stock, images in order, category and facts", async () => {
		const sku = newSku();
		const images = "https://b.example/2.png|https://a.example/1.png";
		const report = await shop.import(csv(`Lamp,${sku},10.50,"Bright, warm",LAMPS,7,2,${images},true`));

		expect(report).toMatchObject({ status: "completed", progress: 1, rows: 1, processedRows: 1, errors: [] });
		expect(tallyOf(report)).toEqual([1, 0, 0, 0]);
		expect(await product(sku)).toMatchObject({
			...{ name: "Lamp", sku, price: 10.5, description: "Bright, warm", category: "Lamps", vendorId: null },
			...{ stockQuantity: 7, images: images.split("|"), isActive: true, version: 1 },
		});
		expect(await factsOf(sku)).toEqual(["product.created"]);
	});

	it("changes the named fields of what has the SKU in any spelling, with one fact each, and stock by a movement", async () => {
		const sku = newSku();
		await shop.product({ name: "Old", sku, description: "Kept", stockQuantity: 5 });
		const report = await shop.import(`sku,price,name,stockquantity\n${sku.toLowerCase()},12,New,3\n`);
		const { id, ...now } = await product(sku);

		expect(tallyOf(report)).toEqual([0, 1, 0, 0]);
		expect(now).toMatchObject({ name: "New", sku, price: 12, description: "Kept", stockQuantity: 3, version: 2 });
		expect(await factsOf(sku)).toEqual(["product.created", "product.updated"]);
		const { rows } = await shop.ask(ListMovements, { productId: id });
		expect(rows[0]).toMatchObject({ kind: "adjusted", quantity: -2, reason: `import ${report.id}` });
	});

	it("moves stock alone without a version or a fact of the product", async () => {
		const sku = newSku();
		await shop.product({ name: "Lamp", sku, price: 10.5 });
		expect(tallyOf(await shop.import(`name,sku,price,stockQuantity\nLamp,${sku},10.5,99`))).toEqual([0, 1, 0, 0]);
		expect(await product(sku)).toMatchObject({ stockQuantity: 99, version: 1 });
		expect(await factsOf(sku)).toEqual(["product.created"]);
	});

	it("of the same file again changes nothing", async () => {
		const file = csv(`One,${newSku()},1,,,5,,,`, `Two,${newSku()},2.5,Text,Lamps,,3,https://a.example/1.png,false`);
		expect(tallyOf(await shop.import(file))).toEqual([2, 0, 0, 0]);
		const facts = await counted("outbox");
		expect(tallyOf(await shop.import(file))).toEqual([0, 0, 2, 0]);
		expect(await counted("outbox")).toBe(facts);
	});

	it("tells what is wrong with each bad row, and takes the good ones", async () => {
		const [good, bad, taken] = [newSku(), newSku(), newSku()];
		const rows = [`Good,${good},1`, `,${bad},cheap`, `Again,${good.toLowerCase()},2`, `Short,${bad}`, `"Open,${bad},1`];
		const report = await shop.import(["name,sku,price", ...rows, `Last,${taken},3`, `Late,${bad},4`].join("\r\n"));

		expect(tallyOf(report)).toEqual([3, 0, 0, 4]);
		expect(report.errors.map(({ line, column, code }) => [line, column, code])).toEqual([
			[3, "name", "VALIDATION_FAILED"],
			[3, "price", "VALIDATION_FAILED"],
			[4, "sku", "SKU_REPEATED"],
			[5, null, "ROW_RAGGED"],
			[6, null, "ROW_MALFORMED"],
		]);
		expect(await product(good)).toMatchObject({ name: "Good" });
	});

	it("shows the first thousand errors, and counts all of its rows", async () => {
		const rows = Array.from({ length: 1_300 }, () => "x,y");
		const report = await shop.import(["name,sku,price", ...rows].join("\n"));

		expect(tallyOf(report)).toEqual([0, 0, 0, 1_300]);
		expect(report.errors).toHaveLength(1_000);
		expect(report.errors.at(-1)?.line).toBe(1_001);
		expect(report.errorsTruncated).toBe(true);
	});

	it("as a dry run gives the same report, and changes nothing", async () => {
		const [known, sku] = [newSku(), newSku()];
		await shop.product({ sku: known });
		const file = csv(
			`Lamp,${sku},1,,,4,,,`,
			`New,${known},2,,,1,,,`,
			`Bad,${newSku()},1,,Gone,,,,`,
			`Twice,${sku},1,,,,,,`,
		);
		const [products, facts, movements] = [
			await counted("products"),
			await counted("outbox"),
			await counted("movements"),
		];
		const trial = await shop.import(file, { dryRun: true });

		expect(await Promise.all(["products", "outbox", "movements"].map(counted))).toEqual([products, facts, movements]);
		expect(trial.dryRun).toBe(true);
		const { dryRun: _, id: _id, createdAt: _created, finishedAt: _finished, ...report } = await shop.import(file);
		expect(trial).toMatchObject(report);
		expect(tallyOf(trial)).toEqual([1, 1, 0, 2]);
	});

	it("takes the SKU of a removed product for a new one", async () => {
		const { id, sku } = await shop.product({ sku: newSku() });
		await shop.ask(DeleteProduct, { id });
		expect(tallyOf(await shop.import(`name,sku,price\nLamp,${sku},1`))).toEqual([1, 0, 0, 0]);
	});

	it("comes in a form, and in UTF-16 from a spreadsheet", async () => {
		const [one, two] = [newSku(), newSku()];
		const contentType = "multipart/form-data; boundary=b";
		const form = `--b\r\nContent-Disposition: form-data; name="file"; filename="a.csv"\r\n\r\nname,sku,price\nA,${one},1\r\n--b--\r\n`;
		expect(tallyOf(await shop.import(form, { contentType }))).toEqual([1, 0, 0, 0]);

		await shop.import(Buffer.from(`\ufeffname,sku,price\nKäse,${two},1`, "utf16le"));
		expect(await product(two)).toMatchObject({ name: "Käse" });
	});

	it.each([
		["no header", "", ["name", "sku", "price"]],
		["a column that is not known", "name,sku,price,colour\nLamp,L,1,red", ["colour"]],
		["another delimiter", "name;sku;price\nLamp;L;1", ["name", "sku", "price", "name;sku;price"]],
	])("is refused at once for %s, and nothing is kept of it", async (_what, file, paths) => {
		const errors = paths.map((path) => expect.objectContaining({ path }));
		await expect(shop.send(file)).rejects.toMatchObject({ type: "VALIDATION_FAILED", data: { errors } });
	});

	it("may arrive slowly: the deadline of its request is for the beginning", async () => {
		const silentUntilMs = Date.now() + 2_000;
		expect(tallyOf(await shop.import(`name,sku,price\nLamp,${newSku()},1`, { silentUntilMs }))).toEqual([1, 0, 0, 0]);
	});

	it("is its author's, and an admin's, to look at", async () => {
		const vendor = newVendor();
		const { id } = await shop.import(`name,sku,price\nLamp,${newSku()},1`, { principal: vendor });

		expect(await shop.report(id, vendor)).toMatchObject({ id, status: "completed" });
		expect(await shop.report(id, ADMIN)).toMatchObject({ id });
		await expect(shop.report(id, newVendor())).rejects.toEqual(refusal("IMPORT_NOT_FOUND"));
	});

	it("is listed for its author, and for an admin, newest first and without its rows", async () => {
		const vendor = newVendor();
		const first = await shop.import("name,sku,price\nLamp,,1", { principal: vendor });
		const second = await shop.import(`name,sku,price\nLamp,${newSku()},1`, { principal: vendor, dryRun: true });
		const list = async (principal: Principal) => (await shop.ask(ListImports, { limit: 100 }, { principal })).rows;

		const { errors: _errors, errorsTruncated: _truncated, ...summary } = first;
		expect(await list(vendor)).toEqual([expect.objectContaining({ id: second.id, dryRun: true }), summary]);
		expect((await list(ADMIN)).map(({ id }) => id)).toEqual(expect.arrayContaining([first.id, second.id]));
		expect(await list(newVendor())).toEqual([]);
	});

	it("whose node died before it forgot its SKUs leaves none behind", async () => {
		const { id } = await shop.import(`name,sku,price\nLamp,${newSku()},1`);
		await shop.rows(`insert into import_skus select '${id}', 'left-' || n from generate_series(1, 3) as n returning 1`);
		for (const { work } of importChores) await work(shop.service);

		expect(await shop.rows("select 1 from import_skus")).toEqual([]);
	});

	it("of a vendor puts his own products on sale, and touches no other vendor's", async () => {
		const [vera, victor] = [newVendor(), newVendor()];
		const sku = newSku();
		await shop.import(`name,sku,price\nLamp,${sku},1`, { principal: vera });
		const report = await shop.import(`name,sku,price\nMine,${sku},2`, { principal: victor });

		expect(report.errors).toMatchObject([{ line: 2, column: "sku", code: "SKU_TAKEN" }]);
		expect(await product(sku)).toMatchObject({ name: "Lamp", vendorId: vera.userId });
		expect(tallyOf(await shop.import(`name,sku,price\nLamp,${sku},3`, { principal: vera }))).toEqual([0, 1, 0, 0]);
	});

	it("tells of low stock once per downward crossing", async () => {
		const sku = newSku();
		await shop.product({ sku, name: "Lamp", price: 1, stockQuantity: 10, lowStockThreshold: 3 });
		for (const stock of [3, 2, 4, 0]) await shop.import(`name,sku,price,stockQuantity\nLamp,${sku},1,${stock}`);
		const facts = (await shop.factsOf((await product(sku)).id)).filter(({ name }) => name === "product.low_stock");

		expect(facts.map(({ body }) => body.currentStock)).toEqual([3, 0]);
	});

	it("loses no edit that comes between: a version that was seen before it is refused afterwards", async () => {
		const { id, sku, version } = await shop.product({ sku: newSku(), price: 1 });
		await shop.import(`name,sku,price\nLamp,${sku},2`);
		const late = shop.ask(UpdateProduct, { id, price: 3 }, { principal: ADMIN, expectedVersion: version });
		await expect(late).rejects.toEqual(refusal("PRECONDITION_FAILED"));
	});

	it("with the same Idempotency-Key and file is one import, whose answer is the same to the byte", async () => {
		const file = `name,sku,price\nLamp,${newSku()},1`;
		const key = randomUUID();
		const first = await shop.send(file, { key });
		const meta: Meta = {};
		const second = await shop.send(file, { key, meta });

		expect(JSON.stringify(second)).toBe(JSON.stringify(first));
		expect(meta.$replay).toMatchObject({ key, status: 201, body: JSON.stringify(first) });
		await expect(shop.send(`${file}0`, { key })).rejects.toEqual(refusal("IDEMPOTENCY_KEY_REUSED"));
		await expect(shop.send(file, { key, dryRun: true })).rejects.toEqual(refusal("IDEMPOTENCY_KEY_REUSED"));
	});
});

describe("an export", () => {
	it("has the columns of an import, and importing it changes nothing, whatever texts say", async () => {
		const vendor = newVendor();
		const texts = [
			"=1+1",
			"+5",
			"-5",
			"@cmd",
			"\tTab",
			"'=quoted",
			'say "hi", twice',
			"two\r\nlines",
			"a\rb",
			" padded ",
		];
		for (const text of texts) {
			const images = ["https://b.example/2.png", "https://a.example/1|2.png?a|b", "https://a.example/1.png"];
			const details = { name: text, description: text, images, stockQuantity: 7, lowStockThreshold: 2 };
			await shop.product({ ...details, sku: newSku(), price: 10.1, isActive: texts.indexOf(text) % 2 === 0 }, vendor);
		}
		const file = await shop.export(vendor);

		expect(file.split("\r\n")[0]).toBe(
			"sku,name,description,price,category,stockQuantity,lowStockThreshold,images,isActive",
		);
		expect(tallyOf(await shop.import(file, { principal: vendor }))).toEqual([0, 0, texts.length, 0]);
	});

	it("is safe from CSV formula injection: no cell begins as a formula does", async () => {
		const vendor = newVendor();
		await shop.product(
			{ name: `=HYPERLINK("http://evil.example")`, sku: `=${newSku()}`, description: "@SUM(A1)" },
			vendor,
		);
		const [, row] = (await shop.export(vendor)).split("\r\n");
		expect(row).toMatch(/^'=I-\d+,"'=HYPERLINK\(""http:\/\/evil.example""\)",'@SUM\(A1\),/);
	});

	it("holds a vendor's own products only, and an admin's all, in as many parts as it takes", async () => {
		const [vera, victor] = [newVendor(), newVendor()];
		const rows = Array.from({ length: 1_001 }, (_, index) => `Lamp ${index},${newSku()},1`);
		await shop.import(["name,sku,price", ...rows].join("\n"), { principal: vera });
		await shop.product({ sku: newSku() }, victor);

		const linesOf = async (principal = ADMIN) => (await shop.export(principal)).match(/^'?=?(I|SKU)-\d+,/gm) ?? [];
		const [hers, his, all] = [await linesOf(vera), await linesOf(victor), await linesOf()];
		expect([hers.length, his.length]).toEqual([1_001, 1]);
		expect(all).toHaveLength(await counted("products where deleted_at is null"));
		expect(new Set(all).size).toBe(all.length);
	});
});

import { it } from "@jest/globals";
import { until } from "../../../test/support/wait.ts";
import { UpdateProduct } from "../../contracts/products.ts";
import { startProducts } from "../products.fixture.ts";
import { rebuildCatalogue } from "./rebuild.ts";

it.each([["PostgreSQL", {}], ["MongoDB", { MONGODB_URL: process.env.STOA_TEST_MONGODB_URL, STOA_NAMESPACE: `test_lag${Date.now()}` }]])("%s", async (name, env) => {
	const shop = await startProducts(env as never, { isDelivering: true });
	const lags: number[] = [];
	const real = shop.service.catalogueLag.observe.bind(shop.service.catalogueLag);
	shop.service.catalogueLag.observe = (at, now) => { lags.push(now.getTime() - Date.parse(at)); real(at, now); };
	const products = await Promise.all(Array.from({ length: 50 }, () => shop.product()));
	await until(() => lags.length >= 50, { timeoutMs: 20000 });
	const report = (what: string) => { const s = lags.splice(0).sort((a, b) => a - b); process.stderr.write(`${name} ${what}: n=${s.length} p50=${s[s.length >> 1]} p99=${s[Math.floor(s.length * 0.99)]} max=${s.at(-1)} ms\n`); };
	lags.length = 0;
	for (let i = 0; i < 200; i++) { await shop.ask(UpdateProduct, { id: products[i % 50]!.id, price: i + 1 }); await new Promise((r) => setTimeout(r, 10)); }
	await until(() => lags.length >= 200, { timeoutMs: 20000 });
	report("steady ~60/s");
	const t0 = performance.now();
	await Promise.all([0, 1, 2, 3].map(async (w) => { for (let i = 0; i < 500; i++) await shop.ask(UpdateProduct, { id: products[(i * 4 + w) % 50]!.id, price: 1000 + i * 4 + w }); }));
	const secs = (performance.now() - t0) / 1000;
	await until(() => lags.length >= 2000, { timeoutMs: 60000 });
	report(`burst of 2000 at ${(2000 / secs).toFixed(0)}/s, drained after ${((performance.now() - t0) / 1000).toFixed(1)} s`);
	await shop.rows(`with p as (insert into products (id, name, sku, price) select gen_random_uuid(), 'n' || n, 'bulk' || n, n from generate_series(1, 50000) n returning id) insert into inventory (product_id) select id from p`);
	const r0 = performance.now();
	const outcome = await rebuildCatalogue(shop.service.db, shop.service.catalogue, "EUR");
	process.stderr.write(`${name} rebuild ${JSON.stringify(outcome)} ${((performance.now() - r0) / 1000).toFixed(1)} s\n`);
	const b: number[] = []; for (let i = 0; i < 300; i++) { const s = performance.now(); await shop.service.catalogue.list({ sort: "price", where: { price: { min: i * 10 } }, limit: 20 }); b.push(performance.now() - s); }
	b.sort((x, y) => x - y); process.stderr.write(`${name} list p50=${b[150]!.toFixed(2)} p99=${b[297]!.toFixed(2)} ms over 50k\n`);
	await shop.stop();
});

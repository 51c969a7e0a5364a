import { afterAll, beforeAll, expect, it } from "@jest/globals";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { Shop } from "../support/shop.ts";

const STOA = fileURLToPath(new URL("../../bin/stoa", import.meta.url));

let shop: Shop;
beforeAll(async () => void (shop = await Shop.open()));
afterAll(() => shop.close());

it("is answered as promised, step by step", async () => {
	const tour = spawn(STOA, ["tour"], { env: { ...process.env, STOA_URL: shop.gateway } });
	const [output, errors, [status]] = await Promise.all([text(tour.stdout), text(tour.stderr), once(tour, "exit")]);

	expect({ status, errors }).toEqual({ status: 0, errors: "" });
	expect(output).toContain("Every step was answered as promised.");
});

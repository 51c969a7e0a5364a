import { describe, expect, it } from "@jest/globals";
import { config } from "./config.ts";

describe("the configuration of a node's pages", () => {
	it.each([
		["users", "USER_SERVICE_PORT", 3001],
		["products", "PRODUCT_SERVICE_PORT", 3002],
		["orders", "ORDER_SERVICE_PORT", 3003],
		["payments", "PAYMENT_SERVICE_PORT", 3004],
		["notifications", "NOTIFICATION_SERVICE_PORT", 3005],
		["webhooks", "WEBHOOK_SERVICE_PORT", 3006],
		["gateway", "GATEWAY_SERVICE_PORT", 3009],
	])("serves the pages of %s on %s", (service, variable, byDefault) => {
		expect(config({}).portOf(service)).toEqual({ variable, port: byDefault });
		expect(config({ [variable]: "4001" }).portOf(service)).toEqual({ variable, port: 4001 });
		expect(config({ [variable]: "0" }).portOf(service)).toEqual({ variable, port: 0 });
	});

	it("shows a laptop's pages to the laptop alone, and a container's to its network", () => {
		expect(config({}).host).toBe("127.0.0.1");
		expect(config({ REDIS_URL: "redis://redis" }).host).toBe("0.0.0.0");
		expect(config({ NODE_PAGES_HOST: "10.0.0.1" }).host).toBe("10.0.0.1");
	});

	it("names every variable that is wrong", () => {
		const env = { USER_SERVICE_PORT: "70000", ORDER_SERVICE_PORT: "http" };

		expect(() => config(env)).toThrow(/USER_SERVICE_PORT[\s\S]*ORDER_SERVICE_PORT/);
	});
});

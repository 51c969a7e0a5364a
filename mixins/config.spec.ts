import { describe, expect, it } from "@jest/globals";
import { z } from "zod";
import { ConfigInvalid, readAll, readConfig } from "./config.ts";

const schema = z.object({
	HTTP_PORT: z.coerce.number({ error: "must be a port" }).default(3000),
	SECRET: z.string({ error: "is required" }),
});

const problemsOf = (read: () => unknown): readonly string[] => {
	try {
		read();
	} catch (error) {
		if (error instanceof ConfigInvalid) return error.problems;
	}
	return [];
};

describe("readConfig", () => {
	it("gives what the schema makes of the environment, and only that", () => {
		expect(readConfig(schema, { SECRET: "s", HTTP_PORT: "80", HOME: "/root" })).toEqual({ SECRET: "s", HTTP_PORT: 80 });
	});

	it("counts an empty variable as absent, so that defaults and refusals hold for it", () => {
		expect(readConfig(schema, { SECRET: "s", HTTP_PORT: "" }).HTTP_PORT).toBe(3000);
		expect(problemsOf(() => readConfig(schema, { SECRET: "" }))).toEqual(["SECRET: is required"]);
	});

	it("names every problem at once", () => {
		const read = () => readConfig(schema, { HTTP_PORT: "eighty" });

		expect(problemsOf(read)).toEqual(["HTTP_PORT: must be a port", "SECRET: is required"]);
		expect(read).toThrow("The configuration is not valid:\n  - HTTP_PORT: must be a port\n  - SECRET: is required");
	});
});

describe("readAll", () => {
	const reader = (env: NodeJS.ProcessEnv) => () => readConfig(schema, env);

	it("accepts readers without problems", () => {
		expect(() => readAll([reader({ SECRET: "s" }), () => 1])).not.toThrow();
	});

	it("names the problems of all readers together, each once", () => {
		const other = () => readConfig(z.object({ CURRENCY: z.literal("EUR", { error: "must be EUR" }) }), {});

		expect(problemsOf(() => readAll([reader({}), reader({ HTTP_PORT: "x" }), other]))).toEqual([
			"SECRET: is required",
			"HTTP_PORT: must be a port",
			"CURRENCY: must be EUR",
		]);
	});

	it("lets a reader's own fault through", () => {
		const broken = () => {
			throw new TypeError("a fault");
		};

		expect(() => readAll([reader({}), broken])).toThrow(TypeError);
	});
});

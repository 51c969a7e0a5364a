import { once } from "node:events";
import { type AddressInfo, createServer } from "node:net";
import { describe, expect, it } from "@jest/globals";
import { freePort, isListening, LOOPBACK, onFreePort, PortInUse } from "./port.ts";

describe("the port", () => {
	it("is any free one unless one is asked for", async () => {
		const port = await freePort();
		expect(port).toBeGreaterThan(0);
		expect(await isListening(port)).toBe(false);
		expect(await freePort(port)).toBe(port);
	});

	it("is refused while another program has it", async () => {
		const other = createServer().listen(0, LOOPBACK);
		await once(other, "listening");
		const { port } = other.address() as AddressInfo;

		expect(await isListening(port)).toBe(true);
		await expect(freePort(port)).rejects.toThrow(PortInUse);
		await expect(freePort(port)).rejects.toThrow(/Port \d+ .* in use .* choose another port/);
		other.close();
	});

	const takenTwice = () => {
		const tried: number[] = [];
		const run = async (port: number) => {
			tried.push(port);
			if (tried.length <= 2) throw new PortInUse(port);
			return "started";
		};
		return { tried, run };
	};

	it("is another one when it was taken at the last moment", async () => {
		const { tried, run } = takenTwice();
		expect(await onFreePort(undefined, run)).toBe("started");
		expect(tried).toHaveLength(3);
	});

	it("is never another one when one was asked for", async () => {
		const { tried, run } = takenTwice();
		const asked = await freePort();
		await expect(onFreePort(asked, run)).rejects.toThrow(PortInUse);
		expect(tried).toEqual([asked]);
	});
});

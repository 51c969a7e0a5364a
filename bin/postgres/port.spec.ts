import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { type AddressInfo, createServer } from "node:net";
import { describe, expect, it } from "@jest/globals";
import { freePort, freePorts, isListening, LOOPBACK, onFreePort, PortInUse } from "./port.ts";

describe("the port", () => {
	it("is any free one unless one is asked for", async () => {
		const port = await freePort();
		expect(port).toBeGreaterThan(0);
		expect(await isListening(port)).toBe(false);
		expect(await freePort(port)).toBe(port);
	});

	it("is none that the kernel gives to an outgoing connection meanwhile", async () => {
		const range = await readFile("/proc/sys/net/ipv4/ip_local_port_range", "utf8").catch(() => "32768 60999");
		for (const port of await freePorts(20)) expect(port).toBeLessThan(Number.parseInt(range, 10));
	});

	it("is another one for everybody who asks at once", async () => {
		expect(new Set(await freePorts(50)).size).toBe(50);
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

import { describe, expect, it } from "@jest/globals";
import { ChannelOfProviders } from "./channel.ts";
import { ProviderFault } from "./provider.ts";
import type { FaultKind, Letter, Provider } from "./provider.ts";

const LETTER = { id: "n-1" } as Letter;

/** A provider that has one answer to everything. */
function provider(name: string, fault?: FaultKind): Provider & { asked: number } {
	const made = {
		name,
		asked: 0,
		async send() {
			made.asked += 1;
			if (fault !== undefined) throw new ProviderFault(fault, `${name} ${fault}`, "detail");
			return `${name} reference`;
		},
		close: () => undefined,
	};
	return made;
}

function channelOf(...providers: Provider[]) {
	const channel = new ChannelOfProviders(providers);
	let nowMs = 1_000_000;
	return {
		post: () => channel.post(LETTER, () => new Date(nowMs)),
		room: () => channel.room(10, nowMs),
		pass: (ms: number) => void (nowMs += ms),
	};
}

describe("the providers of a channel", () => {
	it("are asked in order until one takes it", async () => {
		const [first, second] = [provider("first"), provider("second")];
		expect(await channelOf(first, second).post()).toMatchObject({ outcome: "sent", provider: "first" });
		expect(second.asked).toBe(0);
	});

	it.each(["refused", "deferred", "down"] as const)("are asked on when one says %s", async (fault) => {
		expect(await channelOf(provider("first", fault), provider("second")).post()).toMatchObject({ provider: "second" });
	});

	it("are not asked on about a recipient that one knows not to exist", async () => {
		const second = provider("second");
		expect(await channelOf(provider("first", "bounced"), second).post()).toMatchObject({ outcome: "bounced" });
		expect(second.asked).toBe(0);
	});

	it.each([
		["deferred", "refused", "deferred"],
		["refused", "down", "deferred"],
		["refused", "refused", "refused"],
	] as const)("that say %s and %s make it %s: who may take it later is asked later", async (one, other, outcome) => {
		expect(await channelOf(provider("first", one), provider("second", other)).post()).toMatchObject({ outcome });
	});

	it("are none where none is configured", async () => {
		expect(await channelOf().post()).toMatchObject({ outcome: "refused", reason: "CHANNEL_NOT_CONFIGURED" });
	});
});

describe("a provider that is out of order", () => {
	const exhaust = async (post: () => Promise<unknown>) => {
		for (const _ of Array(5)) await post();
	};

	it("is left alone for a while, then asked by one", async () => {
		const dead = provider("dead", "down");
		const { post, room, pass } = channelOf(dead);
		await exhaust(post);
		expect(room()).toBe(0);
		expect(await post()).toMatchObject({ outcome: "postponed" });
		expect(dead.asked).toBe(5);
		pass(5_000);
		expect(room()).toBe(1);
	});

	it("costs nobody a wait while another one works", async () => {
		const dead = provider("dead", "down");
		const { post, room } = channelOf(dead, provider("second"));
		await exhaust(post);
		expect(await post()).toMatchObject({ provider: "second" });
		expect([dead.asked, room()]).toEqual([5, 10]);
	});

	it("is not one that only refuses", async () => {
		const { post, room } = channelOf(provider("strict", "refused"));
		await exhaust(post);
		expect(room()).toBe(10);
	});
});

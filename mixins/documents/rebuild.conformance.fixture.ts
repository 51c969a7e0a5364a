import { afterAll, afterEach, beforeAll, describe, expect, it } from "@jest/globals";
import type { Entry } from "./entry.ts";
import { RebuildLost, RebuildRunning } from "./store.ts";
import { batches, entry, shown, thing } from "./things.fixture.ts";
import type { Subject, Thing } from "./things.fixture.ts";

/**
 * The rules of a rebuild that every store of documents keeps.
 *
 * @param swapsAtomically whether the server under test does: the one that stands in for MongoDB drops and renames in
 *   two steps, and answers errors to whoever writes between them, which MongoDB does not
 */
export function rebuildsDocuments(open: () => Promise<Subject>, swapsAtomically: boolean): void {
	let subject: Subject;
	beforeAll(async () => void (subject = await open()));
	afterEach(() => subject.clear());
	afterAll(() => subject.close());
	const documents = () => subject.documents;
	const namesOf = async () => Object.values(await shown(documents())).map(({ name }) => name);

	describe("a rebuild", () => {
		it("puts the truth in the place of what was there, and tells what was wrong", async () => {
			await documents().putAll([
				entry("right"),
				entry("behind", 1),
				entry("wrong", 2),
				entry("surplus"),
				entry("gone"),
			]);
			const truth = [entry("right"), entry("behind", 2, thing("newer")), entry("wrong", 2, thing("correct"))];
			const missing = [entry("missing"), entry("gone", 2, null), entry("never", 1, null)];
			const progress: number[] = [];

			const outcome = await documents().rebuild(batches([truth, missing]), {
				onProgress: (count) => progress.push(count),
			});

			expect(outcome).toEqual({ read: 6, documents: 4, behind: 3, differing: 1, surplus: 1 });
			expect(progress).toEqual([3, 6]);
			expect(await namesOf()).toEqual(["newer", "missing", "right", "correct"]);
		});

		it("finds nothing wrong where nothing is, whatever the order of the keys", async () => {
			const truth = [entry("a"), entry("b", 3, { price: 2, name: "b", tags: ["x"] })];
			await documents().putAll([entry("a"), entry("b", 3, { tags: ["x"], name: "b", price: 2 })]);

			expect(await documents().rebuild(batches([truth]))).toMatchObject({ behind: 0, differing: 0, surplus: 0 });
		});

		it("keeps what is written while it goes on", async () => {
			await documents().putAll([entry("changed"), entry("removed"), entry("stale"), entry("read")]);
			const truth = [[entry("read"), entry("changed"), entry("removed")], [entry("stale")], []];

			await documents().rebuild(
				batches(truth, async (index) => {
					if (index === 0) await documents().put("early", 1, thing("early"));
					if (index === 0) await documents().put("stale", 2, thing("before it is read"));
					if (index === 1) await documents().put("changed", 2, thing("after it was read"));
					if (index === 2) await documents().remove("removed", 2);
					if (index === 2) await documents().put("late", 1, thing("late"));
				}),
			);

			expect(await namesOf()).toEqual(["after it was read", "early", "late", "read", "before it is read"]);
			expect(await documents().put("removed", 1, thing("removed"))).toBe(false);
		});

		it("shows nothing of itself before it is done", async () => {
			await documents().putAll([entry("old")]);
			const seen: string[][] = [];

			await documents().rebuild(batches([[entry("new")], []], async () => void seen.push(await namesOf())));

			expect(seen).toEqual([["old"], ["old"]]);
			expect(await namesOf()).toEqual(["new"]);
		});

		it("keeps the versions of what is gone, so that a late write does not bring it back", async () => {
			await documents().rebuild(batches([[entry("gone", 2, null)]]));

			expect(await documents().put("gone", 1, thing("late"))).toBe(false);
			expect(await documents().get("gone")).toBeUndefined();
		});

		it("leaves lists as they were: sorted, filtered and written to", async () => {
			await documents().rebuild(batches([[entry("a", 1, thing("Cup", 5)), entry("b", 1, thing("Bowl", 7))]]));
			await documents().put("c", 1, thing("Anvil", 6));

			const { rows } = await documents().list({ sort: "-price", where: { price: { min: 6 } }, limit: 10 });
			expect(rows.map(({ document }) => document.name)).toEqual(["Bowl", "Anvil"]);
		});

		it("changes nothing when it is only a trial", async () => {
			await documents().put("wrong", 1, thing("wrong"));

			const outcome = await documents().rebuild(batches([[entry("right")]]), { isTrial: true });
			expect(outcome).toMatchObject({ behind: 1, surplus: 1 });
			expect(await namesOf()).toEqual(["wrong"]);
			expect(await documents().rebuild(batches([[entry("right")]]))).toMatchObject({ surplus: 1 });
			expect(await namesOf()).toEqual(["right"]);
		});

		it("changes nothing when its source fails, and may be tried again", async () => {
			await documents().put("old", 1, thing("old"));
			const broken = batches([[entry("new")], []], async (index) => {
				if (index === 1) throw new Error("The source is away.");
			});

			await expect(documents().rebuild(broken)).rejects.toThrow("The source is away.");
			await expect(documents().rebuild(batches([[entry("odd", 0)]]))).rejects.toThrow(TypeError);
			expect(await namesOf()).toEqual(["old"]);
			await documents().rebuild(batches([[entry("new")]]));
			expect(await namesOf()).toEqual(["new"]);
		});

		it("is refused while another one is under way", async () => {
			const other = batches([[entry("other")]]);
			await documents().rebuild(
				batches([[entry("one")]], () => expect(documents().rebuild(other)).rejects.toBeInstanceOf(RebuildRunning)),
			);

			expect(await namesOf()).toEqual(["one"]);
		});

		it("takes over from one that died, which then changes nothing any more", async () => {
			await documents().put("old", 1, thing("old"));
			const dead = batches([[entry("half")], [entry("dead")]], async (index) => {
				if (index === 0) return;
				await subject.ageRebuild();
				await documents().rebuild(batches([[entry("new")]]));
			});

			await expect(documents().rebuild(dead)).rejects.toBeInstanceOf(RebuildLost);
			expect(await namesOf()).toEqual(["new"]);
			await documents().put("after", 1, thing("after"));
			expect(await namesOf()).toEqual(["after", "new"]);
		});

		it("compares any number of documents, batch by batch", async () => {
			const ids = Array.from({ length: 1_203 }, (_, index) => String(index).padStart(5, "0"));
			const all = ids.map((id) => entry(id));
			await documents().putAll(all.filter(({ id }) => !id.endsWith("7")));
			await documents().putAll([entry("99999"), entry("00500x")]);

			const outcome = await documents().rebuild(batches([all.slice(0, 700), all.slice(700)]));
			const missing = ids.filter((id) => id.endsWith("7")).length;
			expect(outcome).toEqual({ read: 1_203, documents: 1_203, behind: missing, differing: 0, surplus: 2 });
			expect(await documents().count()).toBe(1_203);
		});

		if (swapsAtomically) losesNothingToWriters(documents);
	});
}

function losesNothingToWriters(documents: () => Subject["documents"]): void {
	it("loses nothing to writers that never rest", async () => {
		const truth = new Map<string, Entry<Thing>>();
		let isDone = false;
		const write = async (writer: number) => {
			for (let turn = 0; !isDone; turn += 1) {
				const id = `${(turn * 7 + writer * 3) % 40}`;
				const version = (truth.get(id)?.version ?? 0) + 1;
				const current = entry(id, version, turn % 5 === 0 ? null : thing(id, version));
				truth.set(id, current);
				await documents().putAll([current]);
			}
		};
		async function* source() {
			const ids = Array.from({ length: 40 }, (_, index) => String(index));
			for (let at = 0; at < 40; at += 8) {
				await documents().count();
				yield ids.slice(at, at + 8).flatMap((id) => truth.get(id) ?? []);
			}
		}

		const writers = [0, 1, 2, 3].map(write);
		for (let round = 0; round < 6; round += 1) await documents().rebuild(source());
		isDone = true;
		await Promise.all(writers);

		const expected = [...truth.values()].flatMap(({ id, document }) => (document === null ? [] : [[id, document]]));
		expect(await shown(documents())).toEqual(Object.fromEntries(expected));
	});
}

import { isDeepStrictEqual } from "node:util";
import { SUBJECTS } from "../cells.ts";
import type { Subject } from "../cells.ts";
import { Connection } from "../load/connection.ts";
import { scriptOf } from "../load/scripts.ts";
import type { Side } from "../stage/side.ts";

const SAMPLES = 5;

/** What a command answers carries new ids and times: there, only the fields and their types must agree. */
const READS: readonly Subject[] = ["products", "list", "cached-list", "search"];
/** Measured for the sake of their time alone. */
const UNCOMPARED: readonly Subject[] = ["login-known", "login-unknown"];

/**
 * Asks two shops the same, for a start.
 *
 * @throws when they do not answer the same: their speeds would say nothing about each other
 */
export async function expectSameAnswers(one: Side, other: Side): Promise<void> {
	for (const subject of SUBJECTS.filter((each) => !UNCOMPARED.includes(each))) {
		const [ours, others] = [await answersOf(one, subject), await answersOf(other, subject)];
		if (!isDeepStrictEqual(ours, others)) throw new Error(difference(subject, [one, other], [ours[0], others[0]]));
	}
	await Promise.all([one.meter.settled(), other.meter.settled()]);
}

async function answersOf({ target }: Side, subject: Subject): Promise<unknown[]> {
	const { next } = await scriptOf(subject, target);
	const connection = await Connection.open(target.host, target.port);
	const answers: unknown[] = [];
	try {
		for (let sample = 0; sample < SAMPLES; sample++) answers.push(await answerOf(connection, next(0), subject));
		return answers;
	} finally {
		connection.close();
	}
}

async function answerOf(connection: Connection, request: string, subject: Subject): Promise<unknown> {
	const { status, body } = await connection.send(request);
	const value = JSON.parse(body.toString(), withoutStock) as unknown;
	return { status, body: READS.includes(subject) ? value : shapeOf(value) };
}

/** What was ordered in an earlier cell is gone in one shop and there in the other. */
const withoutStock = (name: string, value: unknown): unknown => (name === "stockQuantity" ? typeof value : value);

/** A value with the types of its leaves in place of them. */
export function shapeOf(value: unknown): unknown {
	if (value === null || typeof value !== "object") return value === null ? "null" : typeof value;
	if (Array.isArray(value)) return value.map(shapeOf);
	return Object.fromEntries(Object.entries(value).map(([name, field]) => [name, shapeOf(field)]));
}

const difference = (subject: Subject, sides: readonly Side[], answers: readonly unknown[]): string =>
	[
		`Both must answer ${subject} the same; where the floor does not, change bench/floor.`,
		...sides.map(({ name }, index) => `${name.padEnd(8)} ${JSON.stringify(answers[index])}`),
	].join("\n");

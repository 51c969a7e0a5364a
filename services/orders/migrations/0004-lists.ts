/** Lists of everybody's orders: those in a rare status, and the dearest. */
export default `
	create index orders_of_status on orders (status, id desc);
	create index orders_by_total on orders (total_amount, id);
`;

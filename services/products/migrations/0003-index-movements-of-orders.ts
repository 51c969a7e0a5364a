/** How the auditor finds what the journal tells of a reservation. */
export default `
	create index movements_of_order on movements (order_id) where order_id is not null;
`;

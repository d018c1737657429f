import { CSV_PROPERTIES } from '../properties/csv';
import { testSlice } from '../slice';

testSlice(CSV_PROPERTIES);

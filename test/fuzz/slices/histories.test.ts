import { HISTORY_PROPERTIES } from '../properties/histories';
import { testSlice } from '../slice';

testSlice(HISTORY_PROPERTIES);

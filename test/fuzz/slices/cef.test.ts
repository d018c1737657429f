import { CEF_PROPERTIES } from '../properties/cef';
import { testSlice } from '../slice';

testSlice(CEF_PROPERTIES);
